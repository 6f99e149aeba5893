import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { describeStore } from './describe-store.ts'

describeStore('the embedded store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'))
  return {
    open: (limits) =>
      sqliteStore({
        folder,
        maxDisk: 5 * 2 ** 30,
        retention: 14 * 86_400_000,
        seriesPerJob: 10_000,
        ...limits,
      }),
    remove: () => rm(folder, { recursive: true }),
  }
})
