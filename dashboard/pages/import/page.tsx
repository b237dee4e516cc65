import { PageHeader } from '../../elements/page-header.tsx';

export const ImportPage = () => <PageHeader title="Importar" />;
