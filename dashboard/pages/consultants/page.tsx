import { PageHeader } from '../../elements/page-header.tsx';

export const ConsultantsPage = () => <PageHeader title="Consultores" />;
