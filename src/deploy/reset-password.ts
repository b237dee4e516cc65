// The way back in: `node src/deploy/reset-password.ts EMAIL`, with DATABASE_URL, prints a new password for whoever
// has this e-mail, and ends all their sessions. Without an e-mail it says who can sign in.
import { listEmails, makePassword, setPassword } from '../db/users.ts';

const { DATABASE_URL } = process.env;
const [email] = process.argv.slice(2);
try {
  if (!DATABASE_URL) {
    throw new Error('DATABASE_URL is not set. Set it to postgresql://USER:PASSWORD@HOST:5432/leadflow');
  }
  const password = makePassword();
  if (!email || !(await setPassword(DATABASE_URL, email, password))) {
    const known = (await listEmails(DATABASE_URL)).join(', ') || 'nobody yet';
    throw new Error(
      `${email ? `nobody has the e-mail ${email}` : 'say whose, by e-mail'}. There is: ${known}`,
    );
  }
  console.log(`E-mail    ${email}`);
  console.log(`Password  ${password}`);
  console.log('All sessions of this user have ended.');
} catch (error) {
  // A name with several addresses, none of which answers, has a code and no message.
  const { message, code } = error as Error & { code?: string };
  console.error(`reset-password: ${message || `${code}: nothing answers where DATABASE_URL leads`}`);
  process.exit(1);
}
process.exit(0);
