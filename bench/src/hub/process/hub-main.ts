/** A hub in a process of its own. It closes when it is told to, and ends with the harness. */
import { startHub } from '@sightline/hub'

const [, , folder = ''] = process.argv
const hub = await startHub({
  folder,
  port: 0,
  eventThreads: 2,
  // The content is larger than the default at 50 million spans, and nothing is to be deleted.
  maxDisk: 200e9,
  retention: 400 * 86_400_000,
})
process.once('message', () => void hub.close().then(() => process.disconnect()))
process.once('disconnect', () => process.exit())
process.send?.({ type: 'listening', url: hub.url })
