/** Why there are no business instruments, and what creates them. */
export function Empty() {
  return (
    <div class="empty">
      <b>The application has created no instruments.</b>
      <p>
        Counters, gauges and histograms of your own code appear here as soon as they have a value: visits,
        orders, revenue, stock. Metrics of the kit, of libraries and of the runtime are on the page Metrics.
      </p>
      <div class="codeblock gap-top">
        <pre>{`const orders = telemetry.metrics.counter({
  name: 'shop_orders_total', help: 'Orders.', labels: ['status'],
})
orders.inc({ status: 'paid' })`}</pre>
      </div>
    </div>
  )
}
