import { useEffect, useState } from 'react';
import { parsePhone } from '../../src/domain/phone.ts';
import { ask, type OpenLead } from '../messages.ts';
import { Notice } from './notice.tsx';

const CALM_MS = 250;

/** Says whether this phone has an open lead already, before anything is sent. */
export function OpenLeadNotice({ phone }: { phone: string }) {
  const [lead, setLead] = useState<OpenLead | null>(null);
  const parsed = parsePhone(phone);
  const e164 = parsed.ok ? parsed.e164 : null;
  useEffect(() => {
    setLead(null);
    if (!e164) return;
    let gone = false;
    const timer = setTimeout(async () => {
      const found = await ask('open_lead', { phone: e164 }).catch(() => null);
      if (!gone) setLead(found);
    }, CALM_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [e164]);
  if (!lead) return null;
  const since = new Date(lead.created_at).toLocaleDateString('pt-BR');
  return (
    <Notice kind="info">
      Este telefone já tem um lead aberto, de <strong>{lead.consultant}</strong>, desde {since}. Se enviar, a
      indicação será somada a ele.
    </Notice>
  );
}
