import type { Problem } from './types';

/** The server answered with a problem document (RFC 9457). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The last part of the problem's type, for example `no-direction`. */
  get code(): string {
    return this.problem.type.split('/').at(-1) ?? '';
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor(path: string, cause: unknown) {
    super(`no answer from ${path}`, { cause });
    this.name = 'Unreachable';
  }
}

/** A problem document out of any answer, also one that is not JSON (a proxy's page, say). */
export async function problemOf(response: Response): Promise<Problem> {
  const bare: Problem = {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
    detail: '',
  };
  if (!(response.headers.get('content-type') ?? '').includes('json')) return bare;
  try {
    return { ...bare, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return bare;
  }
}
