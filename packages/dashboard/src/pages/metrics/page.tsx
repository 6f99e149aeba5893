import { Page } from '../../shell/page.tsx'

export default function MetricsPage() {
  return <Page title="Metrics">{null}</Page>
}
