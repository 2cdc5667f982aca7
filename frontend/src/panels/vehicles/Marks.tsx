/** Signs of vehicles and of their duty, as on the map. */
import { useTranslation } from 'react-i18next';
import type { Duty, VehicleType } from '../../api/vehicles';
import { type Presence, TYPE_COLOURS } from '../../model/vehicles';

const BODIES: Record<VehicleType, string> = {
  patrol: 'M8 1 L14.5 3.2 V8 Q14 13 8 15.4 Q2 13 1.5 8 V3.2 Z',
  fire: 'M0.8 2.6 H15.2 L8 15 Z',
  ambulance: 'M5.4 0.8 H10.6 V5.4 H15.2 V10.6 H10.6 V15.2 H5.4 V10.6 H0.8 V5.4 H5.4 Z',
  repair: 'M4.3 1.4 H11.7 L15.4 8 L11.7 14.6 H4.3 L0.6 8 Z',
  other: 'M5 1 H11 Q13 1 13 3 V13 Q13 15 11 15 H5 Q3 15 3 13 V3 Q3 1 5 1 Z',
};

const INK = '#0a0e15';
const FACES: Record<VehicleType, string> = {
  patrol: 'M8 4.2 L9.1 6.9 L12 7.1 L9.8 8.9 L10.5 11.7 L8 10.2 L5.5 11.7 L6.2 8.9 L4 7.1 L6.9 6.9 Z',
  fire: 'M8.3 4 Q11.2 7 9.8 9.4 Q8 11.4 6.2 9.4 Q5.4 7.4 7 6.4 Q8.3 5.4 8.3 4 Z',
  ambulance: 'M7.2 4.2 H8.8 V7.2 H11.8 V8.8 H8.8 V11.8 H7.2 V8.8 H4.2 V7.2 H7.2 Z',
  repair: 'M8 5.2 A2.8 2.8 0 1 0 8.01 5.2 Z',
  other: 'M5 3.4 H11 V6.2 H5 Z',
};

interface DotProps {
  type: VehicleType;
  duty?: Duty;
  silent?: boolean;
}

export function VehicleDot({ type, duty = 'free', silent = false }: DotProps) {
  const colour = TYPE_COLOURS[type];
  const hollow = duty === 'off-duty';
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" opacity={silent ? 0.55 : 1}>
      <path
        d={BODIES[type]}
        fill={hollow ? '#142235' : silent ? '#8b98a9' : colour}
        stroke={hollow ? colour : '#ffffff'}
        strokeWidth="1.1"
        strokeLinejoin="round"
        strokeDasharray={silent ? '2 1.6' : undefined}
      />
      <path d={FACES[type]} fill={hollow ? colour : INK} />
    </svg>
  );
}

export function DutyMark({ duty }: { duty: Duty }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {duty === 'off-duty' ? (
        <circle cx="6" cy="6" r="4.4" fill="none" stroke="#93a7bd" strokeWidth="1.5" />
      ) : (
        <>
          <circle cx="6" cy="6" r="5.4" fill={duty === 'free' ? '#2fbf71' : '#e8593b'} />
          <path
            d={duty === 'free' ? 'M3.4 6.2 L5.3 8 L8.6 4.2' : 'M3.4 6 H8.6'}
            stroke="#fff"
            strokeWidth="1.6"
            fill="none"
            strokeLinecap="round"
          />
        </>
      )}
    </svg>
  );
}

export function DutyChip({ duty }: { duty: Duty }) {
  const { t } = useTranslation();
  return (
    <span className={`dutychip ${duty}`} data-duty={duty}>
      <DutyMark duty={duty} /> {t(`vehicle.duties.${duty}`)}
    </span>
  );
}

export function PresenceChip({ presence }: { presence: Presence }) {
  const { t } = useTranslation();
  return (
    <span className={`presence ${presence}`} data-presence={presence}>
      {t(`vehicle.presences.${presence}`)}
    </span>
  );
}
