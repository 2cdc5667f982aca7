/** What a person does with incidents; the answer is on the screen at once, and with everybody else by the live feed. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentFeature, Move, NewIncident } from '../../api/situation';
import { type Incident, incidentOf } from '../../model/incidents';
import { useAppContext } from '../app';
import { useEdits } from '../desk/edits';

export function useMoves() {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const queries = useQueryClient();
  const { attempt } = useEdits();
  return useMemo(() => {
    const taken = (answer: IncidentFeature): IncidentFeature => {
      store.getState().take({ kind: 'incidents', put: [incidentOf(answer)], drop: [] });
      store.getState().askIncident(null);
      void queries.invalidateQueries({ queryKey: ['incident', answer.id] });
      void queries.invalidateQueries({ queryKey: ['incidents'] });
      return answer;
    };
    type Seen = Pick<Incident, 'id' | 'version'>;
    return {
      move: ({ id, version }: Seen, move: Move, fields: { unit?: string; duplicate_of?: string } = {}) =>
        attempt(
          async () => taken(await api.moveIncident(id, move, version, fields)),
          () => t(`incident.moved.${move}`),
        ),
      supervise: ({ id, version }: Seen, on: boolean) =>
        attempt(
          async () => taken(await api.superviseIncident(id, on, version)),
          () => t(on ? 'incident.marked' : 'incident.unmarked'),
        ),
      note: ({ id }: Pick<Seen, 'id'>, text: string) =>
        attempt(
          async () => taken(await api.noteIncident(id, text)),
          () => t('incident.noted'),
        ),
      /** `key` makes a repeated report the same one. */
      report: (fields: NewIncident, key: string) =>
        attempt(
          async () => taken(await api.reportIncident(fields, key)),
          () => t('incident.reported'),
        ),
    };
  }, [store, api, queries, attempt, t]);
}

export type Moves = ReturnType<typeof useMoves>;
