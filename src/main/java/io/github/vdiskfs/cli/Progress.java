// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.posix.Posix;
import java.io.Closeable;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on a terminal's stderr, for work that takes longer than a second. */
final class Progress implements Closeable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int REDRAW_MILLIS = 250;
  private static final int STDERR = 2;

  private final String task;
  private final long total;
  private final boolean shown = Posix.isTerminal(STDERR);
  private final long since = System.nanoTime();
  private @Nullable ProgressBar bar;

  private Progress(String task, long total) {
    this.task = task;
    this.total = total;
  }

  /**
   * Starts to watch.
   *
   * @param total the value of {@link #at} at which the work is done
   */
  static Progress start(String task, long total) {
    return new Progress(task, total);
  }

  /** How far the work is. Cheap enough for every step. */
  void at(long done) {
    if (!shown || System.nanoTime() - since < PATIENCE_NANOS) {
      return;
    }
    ProgressBar current = bar;
    if (current == null) {
      current = makeBar();
      bar = current;
    }
    current.stepTo(done);
  }

  private ProgressBar makeBar() {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setUpdateIntervalMillis(REDRAW_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .setUnit(" MiB", 1 << 20)
        .build();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
