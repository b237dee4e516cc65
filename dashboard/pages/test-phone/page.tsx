import { PageHeader } from '../../elements/page-header.tsx';

export const TestPhonePage = () => <PageHeader title="Telefone de teste" />;
