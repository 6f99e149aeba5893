import { describeAdapter } from '@sightline/conformance'

import { adapter } from './adapter.ts'

describeAdapter(adapter)
