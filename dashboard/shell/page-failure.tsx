import { Button, Container, Group } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../elements/empty-state.tsx';

/** A page that broke while it was drawn, or whose files are gone since a new version was installed. */
export function PageFailure() {
  return (
    <Container size="sm" pt={60} role="alert">
      <EmptyState
        icon={IconPlugConnectedX}
        order={1}
        title="Esta página não abriu"
        text="Algo falhou ao mostrá-la, ou há uma versão nova do Lead Flow. Nada foi perdido: recarregue para continuar."
      >
        <Group mt="xs">
          <Button onClick={() => location.reload()}>Recarregar</Button>
          <Button variant="default" component={Link} to="/leads" reloadDocument>
            Ir para os leads
          </Button>
        </Group>
      </EmptyState>
    </Container>
  );
}
