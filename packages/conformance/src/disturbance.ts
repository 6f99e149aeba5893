import { readFileSync } from 'node:fs'

/** Milliseconds that the main thread of a process was ready to run, but had no processor. */
function waitedForProcessor(pid: number | undefined): number {
  const [, nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
  return Number(nanoseconds) / 1e6
}

/** Begins to count how many milliseconds other work on this machine takes from these processes. */
export function disturbance(...pids: ReadonlyArray<number | undefined>): () => number {
  const taken = () => pids.reduce<number>((sum, pid) => sum + waitedForProcessor(pid), 0)
  const before = taken()
  return () => taken() - before
}
