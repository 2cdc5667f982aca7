/** The part of the state that is camera health: how cameras are now, and what is looked at in Manage. */
import type { ImageFault, OrderState, RateName } from '../api/health';
import { type Condition, type GroupAxis, sameCondition } from './health';
import type { ReplayState } from './replay/replayState';

export type Reached = 'true' | 'false' | 'unknown';

/** What the list of cameras is narrowed to. */
export interface HealthFilter {
  fault: ImageFault | null;
  online: Reached | null;
  /** one group of an axis: its code or name */
  group: { axis: GroupAxis; code: string } | null;
  text: string;
  /** a column, with a minus before it from the bottom up; empty: as the server thinks best */
  sort: string;
  /** from 1 */
  page: number;
}

/** `standing`: all that are not over. */
export type OrderScope = OrderState | 'standing' | 'all';

export interface OrderFilter {
  scope: OrderScope;
  contractor: string | null;
  overdue: boolean;
  text: string;
  sort: string;
  page: number;
}

export interface HealthState {
  /** by camera; a camera without one: nobody knows */
  conditions: ReadonlyMap<string, Condition>;
  healthFilter: HealthFilter;
  /** what the board is broken down by, and which rate decides the order */
  healthAxis: GroupAxis;
  healthRate: RateName;
  /** the camera whose health is looked at */
  healthCamera: string | null;
  orderFilter: OrderFilter;
  /** the order that is looked at */
  repairOrder: string | null;
  /** the month that is assessed, `2026-11`; null: the one that runs */
  assessedMonth: string | null;
  /** only cameras that are leased are assessed */
  leasedOnly: boolean;
}

export const NO_FILTER: HealthFilter = { fault: null, online: null, group: null, text: '', sort: '', page: 1 };
export const NO_ORDER_FILTER: OrderFilter = {
  scope: 'standing',
  contractor: null,
  overdue: false,
  text: '',
  sort: '',
  page: 1,
};

export const initialHealth: HealthState = {
  conditions: new Map(),
  healthFilter: NO_FILTER,
  healthAxis: 'district',
  healthRate: 'online',
  healthCamera: null,
  orderFilter: NO_ORDER_FILTER,
  repairOrder: null,
  assessedMonth: null,
  leasedOnly: true,
};

export interface HealthActions {
  /** What is known of some cameras now; where nothing differs nothing is told. */
  setConditions(changes: Iterable<readonly [string, Condition]>, whole?: boolean): void;
  /** A narrower list begins at its first page. */
  setHealthFilter(filter: Partial<HealthFilter>): void;
  setHealthAxis(axis: GroupAxis): void;
  setHealthRate(rate: RateName): void;
  openHealth(camera: string | null): void;
  setOrderFilter(filter: Partial<OrderFilter>): void;
  openRepairOrder(id: string | null): void;
  setAssessed(choice: { month?: string; leasedOnly?: boolean }): void;
}

type Part = HealthState & Pick<ReplayState, 'aside'>;
type Setter = (change: Partial<Part> | ((state: Part) => Partial<Part>)) => void;

/** The same map where nothing differs, so that nobody draws anew. */
export function withConditions(
  before: ReadonlyMap<string, Condition>,
  changes: Iterable<readonly [string, Condition]>,
  whole = false,
): ReadonlyMap<string, Condition> {
  const after = new Map(whole ? [] : before);
  let differs = false;
  for (const [id, condition] of changes) {
    const known = before.get(id);
    const same = known !== undefined && sameCondition(known, condition);
    differs ||= !same;
    after.set(id, same ? known : condition);
  }
  return differs || after.size !== before.size ? after : before;
}

export function healthActions(set: Setter): HealthActions {
  return {
    setConditions: (changes, whole) => {
      set(({ conditions, aside }) => {
        const before = aside?.conditions ?? conditions;
        const after = withConditions(before, changes, whole);
        if (after === before) return {};
        return aside ? { aside: { ...aside, conditions: after } } : { conditions: after };
      });
    },
    setHealthFilter: (filter) => set(({ healthFilter }) => ({ healthFilter: { ...healthFilter, page: 1, ...filter } })),
    setHealthAxis: (healthAxis) => set({ healthAxis }),
    setHealthRate: (healthRate) => set({ healthRate }),
    openHealth: (healthCamera) => set({ healthCamera }),
    setOrderFilter: (filter) => set(({ orderFilter }) => ({ orderFilter: { ...orderFilter, page: 1, ...filter } })),
    openRepairOrder: (repairOrder) => set({ repairOrder }),
    setAssessed: ({ month, leasedOnly }) =>
      set({ ...(month !== undefined && { assessedMonth: month }), ...(leasedOnly !== undefined && { leasedOnly }) }),
  };
}
