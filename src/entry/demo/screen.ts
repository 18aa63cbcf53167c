import { createLogUpdate } from 'log-update';

/** The output of `npm start`: permanent lines and, on a terminal, one frame below them that is redrawn. */
export interface Screen {
  readonly live: boolean;
  /** A line with the time since the start. */
  say(line?: string): void;
  /** Lines without a time, for copying. */
  print(lines: readonly string[]): void;
  /** Draws or redraws the frame. Only if `live`. */
  draw(frame: string): void;
  /** Ends the display. The last frame stays on the screen. */
  keep(): void;
}

export function createScreen(stream: NodeJS.WriteStream): Screen {
  const live = stream.isTTY === true;
  const began = performance.now();
  const frames = live ? createLogUpdate(stream) : undefined;
  let drawn: string | undefined;
  const write = (text: string): void => {
    if (drawn !== undefined) frames?.clear();
    stream.write(text);
    if (drawn !== undefined) frames?.(drawn);
  };
  return {
    live,
    say(line = '') {
      const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
      write(line === '' ? '\n' : `${seconds} s  ${line.replaceAll('\n', `\n${' '.repeat(10)}`)}\n`);
    },
    print: (lines) => write(`\n${lines.join('\n')}\n`),
    draw(frame) {
      drawn = frame;
      frames?.(frame);
    },
    keep() {
      if (drawn !== undefined) frames?.done();
      drawn = undefined;
    },
  };
}
