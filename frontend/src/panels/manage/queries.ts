/** What Manage reads of people and roles. */
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../api/client';
import { useAppContext, useLang } from '../app';
import { useMay } from '../may';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

export function useUsers() {
  const { api } = useAppContext();
  const enabled = useMay('see', 'account');
  return useQuery({ queryKey: ['users'], enabled, retry, queryFn: ({ signal }) => api.users(signal) });
}

export function useRoles() {
  const { api } = useAppContext();
  const enabled = useMay('see', 'account');
  return useQuery({
    queryKey: ['roles'],
    enabled,
    retry,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => api.roles(signal),
  });
}

export function useUserSessions(name: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['user-sessions', name, lang],
    retry,
    queryFn: ({ signal }) => api.userSessions(name, signal),
  });
}

export function useUserTokens(name: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['user-tokens', name, lang],
    retry,
    queryFn: ({ signal }) => api.userTokens(name, signal),
  });
}
