import { PageHeader } from '../../elements/page-header.tsx';

export const OverviewPage = () => <PageHeader title="Visão geral" />;
