const HEARTBEAT_MS = 60_000;

/**
 * Prints when each test begins and ends, and every minute the tests that still run. It is for groups whose tests take
 * minutes.
 */
export default class ProgressReporter {
  #running = new Map();
  #started = Date.now();
  #timer;

  onRunStart() {
    this.#timer = setInterval(() => this.#tellRunning(), HEARTBEAT_MS);
    this.#timer.unref();
  }

  onTestCaseStart(_test, { fullName, startedAt }) {
    this.#running.set(fullName, startedAt ?? Date.now());
  }

  onTestCaseResult(_test, { fullName, status, duration }) {
    this.#running.delete(fullName);
    if (status !== 'passed' && status !== 'failed') return;
    this.#say(`${status === 'passed' ? 'ok  ' : 'FAIL'} ${fullName} (${seconds(duration ?? 0)})`);
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #tellRunning() {
    const now = Date.now();
    for (const [name, since] of this.#running) this.#say(`...  ${name} (${seconds(now - since)} so far)`);
  }

  #say(text) {
    process.stderr.write(`[${seconds(Date.now() - this.#started).padStart(6)}] ${text}\n`);
  }
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
