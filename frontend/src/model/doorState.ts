/** The part of the state that says who sits here, and in which workspace. */
import type { Account, Provider } from '../api/session';

/**
 * `asking`: not known yet; `out`: nobody is signed in; `due`: a one-time password has to be changed first;
 * `ended`: the session ended while somebody worked, whose work still stands on the screen.
 */
export type Door = 'asking' | 'out' | 'due' | 'in' | 'ended';

export type Workspace = 'operate' | 'manage';
export type ManagePage = 'health' | 'orders' | 'assessment' | 'people' | 'roles' | 'journal';

export const MANAGE_PAGES: readonly ManagePage[] = ['health', 'orders', 'assessment', 'people', 'roles', 'journal'];

export interface DoorState {
  door: Door;
  account: Account | null;
  /** people may sign in through it; null: by a password alone */
  provider: Provider | null;
  /** code of why the provider's answer let nobody in */
  refused: string | null;
  workspace: Workspace;
  managePage: ManagePage;
  /** name of the account that is looked at in Manage */
  person: string | null;
}

export const initialDoor: DoorState = {
  door: 'asking',
  account: null,
  provider: null,
  refused: null,
  workspace: 'operate',
  managePage: 'health',
  person: null,
};

export interface DoorActions {
  /** Takes what the server says of the session. */
  setAccount(account: Account | null): void;
  /** Takes what the server says of its sign-in provider. */
  setProvider(provider: Provider | null): void;
  setRefused(refused: string | null): void;
  /** The server knows this session no more; what is on the screen stays. */
  endSession(): void;
  setWorkspace(workspace: Workspace): void;
  setManagePage(page: ManagePage): void;
  /** Opens somebody's account in Manage. */
  setPerson(name: string | null): void;
}

const ANY = '*';
/** What `*` does not reach: it has to be named. */
const SUBJECTS = new Set(['account', 'grant', 'journal', 'credential']);

function names(kinds: readonly string[] | undefined, kind: string): boolean {
  return kinds !== undefined && (kinds.includes(kind) || (kinds.includes(ANY) && !SUBJECTS.has(kind)));
}

/** Whether an action may be done to anything of a kind, anywhere: for showing a button. */
export function may(account: Pick<Account, 'may'> | null, action: string, kind: string): boolean {
  return account !== null && (names(account.may[action], kind) || names(account.may[ANY], kind));
}

/** Pages of Manage that hold anything for this person. */
export function managePages(account: Account | null): ManagePage[] {
  const needed: Record<ManagePage, [string, string]> = {
    health: ['maintain', 'camera'],
    orders: ['accept', 'repair-order'],
    assessment: ['maintain', 'camera'],
    people: ['see', 'account'],
    roles: ['see', 'account'],
    journal: ['see', 'journal'],
  };
  return MANAGE_PAGES.filter((page) => may(account, ...needed[page]));
}

type Setter = (change: Partial<DoorState> | ((state: DoorState) => Partial<DoorState>)) => void;

function doorOf(account: Account | null): Door {
  if (account === null) return 'out';
  return account.must_change ? 'due' : 'in';
}

export function doorActions(set: Setter): DoorActions {
  return {
    setAccount: (account) => {
      const nothing = doorOf(account) === 'in' && managePages(account).length === 0;
      set({ account, door: doorOf(account), ...(nothing && { workspace: 'operate' }) });
    },
    setProvider: (provider) => set({ provider }),
    setRefused: (refused) => set({ refused }),
    endSession: () => set(({ door }) => (door === 'in' ? { door: 'ended' } : {})),
    setWorkspace: (workspace) => set({ workspace }),
    setManagePage: (managePage) => set({ managePage }),
    setPerson: (person) => set({ person, managePage: 'people' }),
  };
}
