import { FlagFilled, FlagOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Move } from '../../api/situation';
import { type Incident, MOVES, NEXT_MOVE } from '../../model/incidents';
import { useAppContext } from '../app';
import { useAllowed } from '../may';
import { KEYS, MOVE_KEYS } from './keys';
import type { Moves } from './moves';

function MoveButton({ incident, move, moves }: { incident: Incident; move: Move; moves: Moves }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const allowed = useAllowed(move, 'incident');
  const usual = NEXT_MOVE[incident.state] === move;
  const go = () => (move === 'dispatch' ? store.getState().askIncident('dispatch') : void moves.move(incident, move));
  return (
    <Button size="small" type={usual ? 'primary' : 'default'} data-move={move} {...allowed} onClick={go}>
      {t(`incident.moves.${move}`)} <kbd>{MOVE_KEYS[move]}</kbd>
    </Button>
  );
}

/** What may follow, the usual next step first; each with its key. */
export function MoveBar({ incident, allowed, moves }: { incident: Incident; allowed: readonly Move[]; moves: Moves }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const supervise = useAllowed('supervise', 'incident');
  const note = useAllowed('note', 'incident');
  return (
    <div className="moves" id="incident-moves">
      {MOVES.filter((move) => allowed.includes(move)).map((move) => (
        <MoveButton key={move} incident={incident} move={move} moves={moves} />
      ))}
      <Button size="small" {...note} onClick={() => store.getState().askIncident('note')}>
        {t('incident.note')} <kbd>{KEYS.note}</kbd>
      </Button>
      {incident.state !== 'closed' && (
        <Button
          size="small"
          data-move="supervise"
          aria-pressed={incident.marked}
          icon={incident.marked ? <FlagFilled /> : <FlagOutlined />}
          {...supervise}
          onClick={() => void moves.supervise(incident, !incident.marked)}
        >
          {t(incident.marked ? 'incident.unmark' : 'incident.mark')} <kbd>{KEYS.supervise}</kbd>
        </Button>
      )}
    </div>
  );
}
