import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../elements/empty-state.tsx';

/** For an address that no page has. */
export function NotFoundPage() {
  useDocumentTitle('Página não encontrada · Lead Flow');
  return (
    <EmptyState
      icon={IconMapQuestion}
      order={1}
      title="Não há página neste endereço"
      text="O endereço pode ter sido digitado errado, ou o que estava nele saiu daqui."
    >
      <Button component={Link} to="/leads" mt="xs">
        Ir para os leads
      </Button>
    </EmptyState>
  );
}
