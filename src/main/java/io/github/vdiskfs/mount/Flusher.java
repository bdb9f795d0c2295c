// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.VirtualDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings to the host, at every tick of a clock, what disks hold in memory. Each disk is flushed on
 * a thread of its own, so that one whose host hangs keeps no other waiting; one whose flush failed
 * is left alone, since every flush of it fails from then on.
 */
final class Flusher {
  private static final Logger log = LoggerFactory.getLogger(Flusher.class);

  private static final long MOST_WAIT_SECONDS = 60;

  /** Of flushes that hang there is one for each disk at most; this many keep no other waiting. */
  private static final int MAX_THREADS = 64;

  private static final long IDLE_SECONDS = 1;

  /** How long the end waits for flushes under way; a disk's own end waits for its flush anyway. */
  private static final long END_SECONDS = 5;

  /** A disk that is being written, and its image for messages. */
  record Written(Path image, VirtualDisk disk) {}

  private interface Flush {
    void run(VirtualDisk disk) throws IOException;
  }

  private final Supplier<? extends Collection<Written>> disks;
  private final Set<VirtualDisk> underWay = ConcurrentHashMap.newKeySet();
  private final Set<VirtualDisk> failed =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final ExecutorService threads = pool();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Flusher::thread);

  /**
   * @param disks all that are being written
   */
  Flusher(Supplier<? extends Collection<Written>> disks) {
    this.disks = disks;
  }

  private static ExecutorService pool() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Flusher::thread);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "flush");
    thread.setDaemon(true);
    return thread;
  }

  /** Starts the clock. */
  // The future would only tell what is logged already.
  @SuppressWarnings("FutureReturnValueIgnored")
  void start(long periodMillis) {
    clock.scheduleWithFixedDelay(this::tick, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      disks.get().forEach(this::flushSoon);
    } catch (RuntimeException | Error e) {
      // The clock would stop for all.
      if (!threads.isShutdown()) {
        log.error("unexpected failure", e);
      }
    }
  }

  private void flushSoon(Written written) {
    VirtualDisk disk = written.disk();
    if (disk.dirtyBytes() > 0 && !failed.contains(disk) && underWay.add(disk)) {
      try {
        threads.execute(() -> flushInTurn(written));
      } catch (RuntimeException | Error e) {
        underWay.remove(disk);
        throw e;
      }
    }
  }

  private void flushInTurn(Written written) {
    try {
      flush(written, VirtualDisk::flushTables);
    } finally {
      underWay.remove(written.disk());
    }
  }

  private void flush(Written written, Flush flush) {
    try {
      flush.run(written.disk());
    } catch (IOException | RuntimeException | Error e) {
      if (failed.add(written.disk())) {
        log.error("{}: a flush failed: {}", written.image(), e.getMessage());
      }
    }
  }

  /** Brings everything that was written to the host's disk, as far as that ends. */
  void flushAll() {
    if (!SideBySide.run(disks.get(), w -> flush(w, VirtualDisk::flush), MOST_WAIT_SECONDS)) {
      log.warn("not everything that was written is on the host's disk: it does not answer");
    }
  }

  /** Stops the clock, and waits a while for flushes that are under way. */
  void close() {
    clock.shutdownNow();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        log.warn("a flush takes long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
