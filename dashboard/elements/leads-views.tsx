import { IconLayoutKanban, IconTable } from '@tabler/icons-react';
import { NavLink } from 'react-router';
import classes from './leads-views.module.css';

/** The two ways to look at the leads. */
export function LeadsViews() {
  return (
    <nav className={classes.views} aria-label="Modo de ver os leads">
      <NavLink to="/leads" end className={classes.view}>
        <IconLayoutKanban size={16} stroke={1.8} aria-hidden />
        Quadro
      </NavLink>
      <NavLink to="/leads/tabela" className={classes.view}>
        <IconTable size={16} stroke={1.8} aria-hidden />
        Tabela
      </NavLink>
    </nav>
  );
}
