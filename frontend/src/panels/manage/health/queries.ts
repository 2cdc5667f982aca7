/** What Manage reads of camera health and repair orders; kept up while somebody looks at it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api/client';
import type { HealthQuery, OrderQuery } from '../../../api/health';
import { STANDING } from '../../../model/health';
import type { HealthFilter, OrderFilter } from '../../../model/healthState';
import { useAppContext, useLang } from '../../app';
import { PAGE_ROWS } from '../PagedTable';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;
const EVERY_MS = 15_000;
const live = { retry, refetchInterval: EVERY_MS, refetchIntervalInBackground: false } as const;

/** All that is to be read afresh after something was done. */
export const HEALTH_KEYS = ['health', 'repair-orders'] as const;

export function healthQuery({ fault, online, group, text, sort }: HealthFilter): HealthQuery {
  return {
    fault: fault ?? undefined,
    online: online ?? undefined,
    ...(group && { [group.axis]: group.code }),
    q: text.trim() || undefined,
    sort: (sort || undefined) as HealthQuery['sort'],
  };
}

export function orderQuery({ scope, contractor, overdue, text, sort }: OrderFilter): OrderQuery {
  return {
    state: scope === 'all' ? undefined : scope === 'standing' ? [...STANDING] : [scope],
    contractor: contractor ?? undefined,
    overdue: overdue || undefined,
    q: text.trim() || undefined,
    sort: (sort || undefined) as OrderQuery['sort'],
  };
}

const paged = (page: number) => ({ limit: PAGE_ROWS, offset: (page - 1) * PAGE_ROWS });

export function useBoard() {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    ...live,
    queryKey: ['health', 'board', lang],
    queryFn: ({ signal }) => api.healthBoard(signal),
  });
}

export function useHealthCameras(filter: HealthFilter) {
  const { api } = useAppContext();
  const lang = useLang();
  const query = { ...healthQuery(filter), ...paged(filter.page) };
  return useQuery({
    ...live,
    queryKey: ['health', 'cameras', query, lang],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.healthCameras(query, signal),
  });
}

export function useHealthCamera(id: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    ...live,
    queryKey: ['health', 'camera', id, lang],
    queryFn: ({ signal }) => api.healthCamera(id, signal),
  });
}

export function useHealthSettings() {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    retry,
    queryKey: ['health', 'settings', lang],
    refetchOnWindowFocus: false,
    queryFn: ({ signal }) => api.healthSettings(signal),
  });
}

export function useRepairOrders(filter: OrderFilter) {
  const { api } = useAppContext();
  const lang = useLang();
  const query = { ...orderQuery(filter), ...paged(filter.page) };
  return useQuery({
    ...live,
    queryKey: ['repair-orders', query, lang],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.repairOrders(query, signal),
  });
}

export function useRepairOrder(id: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    ...live,
    queryKey: ['repair-orders', 'one', id, lang],
    queryFn: ({ signal }) => api.repairOrder(id, signal),
  });
}

export function useAssessment(month: string, leased: boolean) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    retry,
    queryKey: ['health', 'assessment', month, leased, lang],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.assessment(month, leased, signal),
  });
}
