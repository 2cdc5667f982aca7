/**
 * What is looked at of camera health, as the address bar says it:
 * `hf=fault&ho=false&hg=district,150302&hq=text&hs=-name&hp=2&ha=owner&hr=intact&hc=camera`,
 * `os=open&oc=contractor&ol=1&oq=text&or=sort&op=2&oi=order`, `am=2026-11&al=0`.
 */
import type { OrderState } from '../api/health';
import { AXES, type GroupAxis, isFault, isMonth, ORDER_STATES, RATES } from './health';
import { type HealthState, NO_FILTER, NO_ORDER_FILTER, type OrderScope, type Reached } from './healthState';

/** All but the conditions, which are the world's and not the reader's. */
export type HealthAddress = Partial<Omit<HealthState, 'conditions'>>;

const REACHED: readonly Reached[] = ['true', 'false', 'unknown'];
const isAxis = (text: string | undefined): text is GroupAxis => AXES.includes(text as GroupAxis);
const isScope = (text: string | null): text is OrderScope =>
  text === 'all' || ORDER_STATES.includes(text as OrderState);

function pageOf(text: string | null): number {
  const page = Number(text ?? 1);
  return Number.isInteger(page) && page > 0 ? page : 1;
}

const differ = (a: object, b: object) => JSON.stringify(a) !== JSON.stringify(b);

function filterOf(params: URLSearchParams): HealthAddress {
  const fault = params.get('hf');
  const online = REACHED.find((known) => known === params.get('ho')) ?? null;
  const [axis, ...code] = (params.get('hg') ?? '').split(',');
  const healthFilter = {
    fault: isFault(fault) ? fault : null,
    online,
    group: isAxis(axis) ? { axis, code: code.join(',') } : null,
    text: params.get('hq') ?? '',
    sort: params.get('hs') ?? '',
    page: pageOf(params.get('hp')),
  };
  return differ(healthFilter, NO_FILTER) ? { healthFilter } : {};
}

function ordersOf(params: URLSearchParams): HealthAddress {
  const scope = params.get('os');
  const orderFilter = {
    scope: isScope(scope) ? scope : NO_ORDER_FILTER.scope,
    contractor: params.get('oc'),
    overdue: params.get('ol') === '1',
    text: params.get('oq') ?? '',
    sort: params.get('or') ?? '',
    page: pageOf(params.get('op')),
  };
  const order = params.get('oi');
  return { ...(differ(orderFilter, NO_ORDER_FILTER) && { orderFilter }), ...(order && { repairOrder: order }) };
}

/** What makes no sense is left out. */
export function parseHealth(params: URLSearchParams): HealthAddress {
  const axis = params.get('ha') ?? undefined;
  const rate = RATES.find((name) => name === params.get('hr'));
  const camera = params.get('hc');
  const month = params.get('am');
  return {
    ...filterOf(params),
    ...(isAxis(axis) && { healthAxis: axis }),
    ...(rate && { healthRate: rate }),
    ...(camera && { healthCamera: camera }),
    ...ordersOf(params),
    ...(isMonth(month) && { assessedMonth: month }),
    ...(params.get('al') === '0' && { leasedOnly: false }),
  };
}

type Part = readonly [key: string, value: string | number | null | undefined | false];

/** The inverse, as parts of a query; nothing is said of what is as at the start. */
export function formatHealth(address: HealthAddress): string[] {
  const { healthFilter: filter, orderFilter: orders, healthCamera, healthAxis, healthRate, repairOrder } = address;
  const parts: Part[] = [
    ['hf', filter?.fault],
    ['ho', filter?.online],
    ['hg', filter?.group && `${filter.group.axis},${filter.group.code}`],
    ['hq', filter?.text],
    ['hs', filter?.sort],
    ['hp', filter && filter.page > 1 && filter.page],
    ['ha', healthAxis !== 'district' && healthAxis],
    ['hr', healthRate !== 'online' && healthRate],
    ['hc', healthCamera],
    ['os', orders && orders.scope !== NO_ORDER_FILTER.scope && orders.scope],
    ['oc', orders?.contractor],
    ['ol', orders?.overdue && 1],
    ['oq', orders?.text],
    ['or', orders?.sort],
    ['op', orders && orders.page > 1 && orders.page],
    ['oi', repairOrder],
    ['am', address.assessedMonth],
    ['al', address.leasedOnly === false && '0'],
  ];
  return parts.flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : []));
}

/** What of the state one page of Manage shows. */
export function healthOf(state: HealthState, page: string): HealthAddress {
  const { healthFilter, healthAxis, healthRate, healthCamera } = state;
  if (page === 'health') return { healthFilter, healthAxis, healthRate, healthCamera };
  if (page === 'orders') return { orderFilter: state.orderFilter, repairOrder: state.repairOrder };
  if (page !== 'assessment') return {};
  return { assessedMonth: state.assessedMonth, leasedOnly: state.leasedOnly };
}
