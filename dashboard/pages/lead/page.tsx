import { PageHeader } from '../../elements/page-header.tsx';

export const LeadPage = () => <PageHeader title="Lead" />;
