import { PageHeader } from '../../elements/page-header.tsx';

export const LeadsPage = () => <PageHeader title="Leads" />;
