import type { StageTemplate } from '../db/flows.ts';
import { type Misfit, misfitsOf } from '../domain/template-fit.ts';

/** A template as Meta has it. */
export type KnownTemplate = {
  name: string;
  language: string;
  status: string;
  components: readonly unknown[];
};

/** Why a stage cannot be written with a template; `code` is stable, `part` names what of the stage is to blame. */
export type TemplateFault = { part: 'template' | 'language' | 'buttons'; code: string; message: string };

/** What stands in the way of writing with a template over a channel that has `known` ones; empty: nothing. */
export function templateFaults(
  { template, language, buttons }: StageTemplate,
  known: readonly KnownTemplate[],
  channel: string,
): TemplateFault[] {
  const named = known.filter(({ name }) => name === template);
  const found = named.find((one) => one.language === language);
  if (!found || found.status === 'DELETED') {
    const [other] = named.filter(({ status }) => status !== 'DELETED');
    if (other) {
      const message = `O modelo "${template}" não existe em ${language}. Existe em ${named.map((one) => one.language).join(', ')}.`;
      return [{ part: 'language', code: 'template_unknown', message }];
    }
    const message = `O número "${channel}" não tem o modelo "${template}". ${approvedOnes(known)}`;
    return [{ part: 'template', code: 'template_unknown', message }];
  }
  if (found.status !== 'APPROVED') {
    const message = `O modelo "${template}" está ${stateWords(found.status)} na Meta. ${approvedOnes(known)}`;
    return [{ part: 'template', code: 'template_not_approved', message }];
  }
  return misfitsOf(found.components, buttons.length).map((misfit) => ({
    part: misfit.misfit === 'buttons' || misfit.misfit === 'button_order' ? 'buttons' : 'template',
    code: `template_${misfit.misfit}`,
    message: `O modelo "${template}" ${misfitWords(misfit, buttons.length)}`,
  }));
}

function approvedOnes(known: readonly KnownTemplate[]): string {
  const approved = known.filter(({ status }) => status === 'APPROVED');
  if (approved.length > 0) {
    const names = [...new Set(approved.map(({ name, language }) => `${name} (${language})`))];
    return `Aprovados: ${names.join(', ')}.`;
  }
  return known.length > 0
    ? 'Nenhum modelo deste número está aprovado: espere a aprovação da Meta e sincronize os modelos.'
    : 'Não se conhece nenhum modelo deste número: sincronize os modelos e tente de novo.';
}

const STATES: Readonly<Record<string, string>> = {
  PENDING: 'em análise',
  IN_APPEAL: 'em análise',
  REJECTED: 'rejeitado',
  PAUSED: 'pausado',
  DISABLED: 'desativado',
};

const stateWords = (status: string) => STATES[status] ?? status;

function misfitWords(misfit: Misfit, meanings: number): string {
  switch (misfit.misfit) {
    case 'parameters':
      return (
        `tem ${misfit.found || 'zero'} variáveis no texto, e o Lead Flow preenche uma só: o primeiro nome, em {{1}}. ` +
        'Escolha ou crie um modelo com essa variável.'
      );
    case 'named_parameter':
      return 'tem uma variável com nome, e o Lead Flow preenche {{1}}. Escolha ou crie um modelo com {{1}}.';
    case 'header':
      return 'tem um cabeçalho com imagem, arquivo ou variável, que o Lead Flow não preenche. Escolha um modelo sem ele.';
    case 'link':
      return 'tem um botão cujo link ou código precisa de um valor, que o Lead Flow não preenche. Escolha um modelo sem ele.';
    case 'buttons':
      return (
        `não tem tantos botões de resposta rápida (${misfit.found}) quantos os significados dados (${meanings}). ` +
        'Dê um significado a cada botão, na ordem deles.'
      );
    case 'button_order':
      return 'tem outros botões antes dos de resposta rápida. Ponha os de resposta rápida primeiro, no modelo.';
  }
}
