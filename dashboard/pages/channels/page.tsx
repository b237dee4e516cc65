import { PageHeader } from '../../elements/page-header.tsx';

export const ChannelsPage = () => <PageHeader title="Números" />;
