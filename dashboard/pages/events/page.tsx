import { PageHeader } from '../../elements/page-header.tsx';

export const EventsPage = () => <PageHeader title="Eventos" />;
