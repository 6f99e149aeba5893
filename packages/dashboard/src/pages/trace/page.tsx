import { Page } from '../../shell/page.tsx'

export default function TracePage() {
  return <Page title="Trace">{null}</Page>
}
