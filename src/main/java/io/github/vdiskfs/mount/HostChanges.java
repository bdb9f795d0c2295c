// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second whether the files of open disks were changed by others, so that the kernel
 * can drop what it cached. Disks that are written through this mount change all the time and are
 * left alone: the kernel sees every byte of that.
 */
final class HostChanges {
  private static final Logger log = LoggerFactory.getLogger(HostChanges.class);

  private static final long LOOK_MILLIS = 1000;

  /** An open file of the mount: its node in the kernel, and its host files as they were. */
  private static final class Watched {
    final long node;
    volatile List<FileStatus> seen;

    Watched(long node, List<FileStatus> seen) {
      this.node = node;
      this.seen = seen;
    }
  }

  private final OpenDisks disks;
  private final Map<Long, Watched> byHandle = new ConcurrentHashMap<>();
  private final PatientLook<Long> patient = new PatientLook<>("its changes are not seen");
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(HostChanges::timerThread);

  HostChanges(OpenDisks disks) {
    this.disks = disks;
  }

  private static Thread timerThread(Runnable work) {
    Thread thread = new Thread(work, "host-changes");
    thread.setDaemon(true);
    return thread;
  }

  /** Starts to look; {@code changed} hears of files whose pages are old. */
  // The future would only tell what look() has logged already.
  @SuppressWarnings("FutureReturnValueIgnored")
  void start(Consumer<StalePages> changed) {
    timer.scheduleWithFixedDelay(
        () -> look(changed), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** A handle was opened. */
  void opened(long handle, long node) {
    // What it was when it was opened: it may have changed since.
    List<FileStatus> opened =
        disks.filesOfUnwritten(handle).stream().map(FileStorage::status).toList();
    byHandle.put(handle, new Watched(node, opened));
  }

  /** A handle is given back. */
  void released(long handle) {
    byHandle.remove(handle);
  }

  private void look(Consumer<StalePages> changed) {
    try {
      patient.forEach(List.copyOf(byHandle.keySet()), h -> look(h, changed), seen -> {});
    } catch (IOException | RuntimeException e) {
      log.error("looking for changes failed", e);
    }
  }

  private boolean look(long handle, Consumer<StalePages> changed) {
    Watched watched = byHandle.get(handle);
    List<FileStatus> now = statuses(handle);
    if (watched == null || now.isEmpty() || FileStatus.sameVersions(now, watched.seen)) {
      return false;
    }
    watched.seen = now;
    changed.accept(StalePages.allOf(watched.node));
    return true;
  }

  /** The open files of a disk's chain as they are now; none where it is being written. */
  private List<FileStatus> statuses(long handle) {
    List<FileStatus> statuses = new ArrayList<>();
    for (FileStorage file : disks.filesOfUnwritten(handle)) {
      try {
        statuses.add(file.statusNow());
      } catch (ErrnoException e) {
        log.debug("{}: {}", file, e.getMessage());
      }
    }
    return statuses;
  }

  /** Ends the timer. */
  void close() {
    timer.shutdown();
  }
}
