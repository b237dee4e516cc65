// Where the sign-in library finds what it calls by other names: our tables' columns, as migrations make them.

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };

export const USER = { modelName: 'user', fields: { ...times, emailVerified: 'email_verified' } };

export const SESSION = {
  modelName: 'session',
  fields: {
    ...times,
    userId: 'user_id',
    expiresAt: 'expires_at',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
  },
};

export const ACCOUNT = {
  modelName: 'account',
  fields: {
    ...times,
    userId: 'user_id',
    providerId: 'provider_id',
    accountId: 'account_id',
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    idToken: 'id_token',
    accessTokenExpiresAt: 'access_token_expires_at',
    refreshTokenExpiresAt: 'refresh_token_expires_at',
  },
};

export const VERIFICATION = {
  modelName: 'verification',
  fields: { ...times, expiresAt: 'expires_at' },
};

export const RATE_LIMIT = { modelName: 'rate_limit', fields: { lastRequest: 'last_request' } };

const createdAt = 'created_at';

export const ORGANIZATION = {
  session: { fields: { activeOrganizationId: 'active_organization_id' } },
  organization: { modelName: 'organization', fields: { createdAt } },
  member: {
    modelName: 'member',
    fields: { createdAt, organizationId: 'organization_id', userId: 'user_id' },
  },
  invitation: {
    modelName: 'invitation',
    fields: {
      createdAt,
      organizationId: 'organization_id',
      inviterId: 'inviter_id',
      expiresAt: 'expires_at',
    },
  },
};
