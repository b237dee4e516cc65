import { PageHeader } from '../../elements/page-header.tsx';

export const BoardPage = () => <PageHeader title="Leads" />;
