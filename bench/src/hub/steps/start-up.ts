import { medianOf } from '../../statistics.ts'
import { startHubProcess } from '../process/hub-process.ts'
import type { Figure, StepContext } from './step.ts'

const STARTS = 7

/** The time from the start of the process until the hub receives and answers, with a folder that it has made before. */
export async function measureStartUp({ folder, say }: StepContext): Promise<Figure[]> {
  say(`start-up: ${STARTS} starts`)
  const data = folder()
  const times: number[] = []
  for (let start = 0; start < STARTS; start++) {
    const hub = await startHubProcess(data)
    times.push(hub.readyMs)
    await hub.close()
  }
  return [{ target: 'ready', value: medianOf(times), note: `${Math.min(...times).toFixed(0)} ms at best` }]
}
