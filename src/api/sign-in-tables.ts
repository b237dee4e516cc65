// Where the sign-in library finds what it calls by other names: our tables' columns, as migrations make them.

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };

/** A person. */
export const USER = { modelName: 'user', fields: { ...times, emailVerified: 'email_verified' } };

/** A browser that somebody is signed in with. */
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

/** A person's way in: here, their password. */
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

/** What was sent to be sent back; nothing is, yet. */
export const VERIFICATION = {
  modelName: 'verification',
  fields: { ...times, expiresAt: 'expires_at' },
};

/** How often an address has tried. */
export const RATE_LIMIT = { modelName: 'rate_limit', fields: { lastRequest: 'last_request' } };

const createdAt = 'created_at';

/** A tenant, and who may see it. */
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
