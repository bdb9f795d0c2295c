// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Does the same with many disks at once: one whose host does not answer is in no other's way. */
final class SideBySide {
  private static final int THREADS = 64;

  private SideBySide() {}

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "side-by-side");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Returns when it is done with all, or the time is over.
   *
   * @param task must not throw
   * @return true where it is done with all
   */
  static <T> boolean run(Collection<T> all, Consumer<T> task, long seconds) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS, SideBySide::thread);
    List<Callable<Boolean>> calls = all.stream().map(one -> call(task, one)).toList();
    try {
      return threads.invokeAll(calls, seconds, TimeUnit.SECONDS).stream()
          .noneMatch(ended -> ended.isCancelled());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      threads.shutdown();
    }
  }

  private static <T> Callable<Boolean> call(Consumer<T> task, T one) {
    return () -> {
      task.accept(one);
      return true;
    };
  }
}
