import { PageHeader } from '../../elements/page-header.tsx';

export const SettingsPage = () => <PageHeader title="Configurações" />;
