import { PageHeader } from '../../elements/page-header.tsx';

export const AccountPage = () => <PageHeader title="Minha conta" />;
