import { clockSeconds } from '../format/times.ts'
import { Menu } from '../parts/pop.tsx'
import { useApp } from '../state/app.ts'
import { LiveSwitch } from './live-switch.tsx'
import { useMonitor } from './monitor.ts'
import { RangePicker } from './range-picker.tsx'

/** The time of the sightline, the environment, the time range, and the live switch. */
export function Tools() {
  const { sightline } = useApp()
  const at = sightline.at.value
  return (
    <>
      <output class="at">
        {at !== null && `${sightline.isPinned.value ? 'pinned ' : ''}at ${clockSeconds(at)}`}
      </output>
      <div class="tools">
        <Environment />
        <RangePicker />
        <LiveSwitch />
      </div>
    </>
  )
}

/** The choice of an environment, where there are several. */
function Environment() {
  const { address } = useApp()
  const { environments, environment } = useMonitor()
  if (environments.value.length < 2 && environment.value === undefined) return null
  const choices = [undefined, ...environments.value]
  return (
    <Menu
      class="btn menu env"
      button={environment.value ?? 'All environments'}
      label="Environment"
      items={choices.map((choice) => ({
        text: choice ?? 'All environments',
        isChecked: choice === environment.value,
        run: () => address.adjust({ env: choice ?? null }),
      }))}
    />
  )
}
