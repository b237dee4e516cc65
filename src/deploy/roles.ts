// Makes roles and databases of a production server: `node src/deploy/roles.ts`, with the superuser's address in
// DATABASE_SUPERUSER_URL and the logins to make in DATABASE_OWNER_URL, DATABASE_URL and TEMPORAL_DATABASE_URL.
import { makeRolesAndDatabases, readLogin } from './database-roles.ts';

const { DATABASE_SUPERUSER_URL, DATABASE_OWNER_URL, DATABASE_URL, TEMPORAL_DATABASE_URL } = process.env;
try {
  if (!DATABASE_SUPERUSER_URL) throw new Error('DATABASE_SUPERUSER_URL is not set.');
  const logins = {
    owner: readLogin('DATABASE_OWNER_URL', DATABASE_OWNER_URL),
    product: readLogin('DATABASE_URL', DATABASE_URL),
    temporal: readLogin('TEMPORAL_DATABASE_URL', TEMPORAL_DATABASE_URL),
  };
  await makeRolesAndDatabases(DATABASE_SUPERUSER_URL, logins);
  const { owner, product, temporal } = logins;
  console.log(`roles ${owner.user}, ${product.user} and ${temporal.user} and their databases are there`);
} catch (error) {
  console.error(`roles: ${(error as Error).message}`);
  process.exit(1);
}
