/** What a person does with incidents; the answer is on the screen at once, and with everybody else by the live feed. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentFeature, Move, MoveFields, NewIncident } from '../../api/situation';
import { type Incident, incidentOf } from '../../model/incidents';
import { InTurn } from '../../model/inTurn';
import { useAppContext } from '../app';
import { useEdits } from '../desk/edits';

/** Of the whole page: keys and buttons move the same incidents. */
const steps = new InTurn<IncidentFeature>();

export function useMoves() {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const queries = useQueryClient();
  const { attempt } = useEdits();
  return useMemo(() => {
    const taken = (answer: IncidentFeature): IncidentFeature => {
      store.getState().take({ kind: 'incidents', put: [incidentOf(answer)], drop: [] });
      void queries.invalidateQueries({ queryKey: ['incident', answer.id] });
      void queries.invalidateQueries({ queryKey: ['incidents'] });
      void queries.invalidateQueries({ queryKey: ['nearest', answer.id] });
      return answer;
    };
    /** Puts a form away; one that was opened since stays. */
    const close = (form: 'dispatch' | 'note') => {
      if (store.getState().incidentAsk === form) store.getState().askIncident(null);
    };
    type Seen = Pick<Incident, 'id' | 'version'>;
    /** The version that was seen, or the one that this person's own step before it made. */
    const step = ({ id, version }: Seen, write: (seen: number) => Promise<IncidentFeature>) =>
      steps.run(id, async (before) => taken(await write(Math.max(version, before?.properties.version ?? 0))));
    return {
      /** The form is away at once, so that the next key is a key again and no letter. */
      move: (incident: Seen, move: Move, fields: MoveFields = {}) => {
        close('dispatch');
        return attempt(
          () => step(incident, (seen) => api.moveIncident(incident.id, move, seen, fields)),
          () => t(`incident.moved.${move}`),
        );
      },
      supervise: (incident: Seen, on: boolean) =>
        attempt(
          () => step(incident, (seen) => api.superviseIncident(incident.id, on, seen)),
          () => t(on ? 'incident.marked' : 'incident.unmarked'),
        ),
      note: ({ id }: Pick<Seen, 'id'>, text: string) =>
        attempt(
          async () => {
            const answer = taken(await api.noteIncident(id, text));
            close('note');
            return answer;
          },
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
