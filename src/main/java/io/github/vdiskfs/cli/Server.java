// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.fuse.FuseSession;
import io.github.vdiskfs.fuse.MountBusyException;
import io.github.vdiskfs.fuse.Unmount;
import io.github.vdiskfs.mount.DiskFileSystem;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one mount until it is unmounted or the process is told to end. A signal unmounts; whoever
 * still uses the mount then is served on for a while, so that a loop device can write back.
 */
final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** How long a signalled server goes on for those who still use the mount. */
  private static final long GRACE_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final Source source;
  private final MountPoint target;
  private final MountOptions options;

  /** Open until everything is on disk and the last line is in the log. */
  private final CountDownLatch closed = new CountDownLatch(1);

  Server(Source source, MountPoint target, MountOptions options) {
    this.source = source;
    this.target = target;
    this.options = options;
  }

  /**
   * Mounts, serves, and returns when the mount has ended.
   *
   * @param background another process waits for a word, and the log goes to the system's
   */
  int run(boolean background) throws IOException {
    startLog(background);
    if (background) {
      Background.leaveSession();
    }
    try (DiskFileSystem files =
        new DiskFileSystem(source.gate(), source.opener(), source.only(), options.policy())) {
      FuseSession session = new FuseSession(files, target.path(), fuseOptions());
      session.start(options.threads(), options.pageCache());
      Thread hook = new Thread(() -> onSignal(session, files), "signal");
      Runtime.getRuntime().addShutdownHook(hook);
      log.info("{} is mounted on {}", source.gate().source(), target.path());
      if (background) {
        Background.ready();
      }
      await(session);
    } finally {
      log.info("{} is unmounted", target.path());
      Logging.flush();
      closed.countDown();
    }
    return 0;
  }

  private void startLog(boolean background) throws IOException {
    Path file = options.log();
    if (file != null) {
      Logging.toFile(file, options.debug());
    } else if (background) {
      Logging.toSystemLog(options.debug());
    } else {
      Logging.toStderr(options.debug());
    }
  }

  private static void await(FuseSession session) {
    boolean over = false;
    while (!over) {
      try {
        over = session.awaitEnd(0);
      } catch (InterruptedException e) {
        log.debug("interrupted; the mount goes on");
      }
    }
  }

  /**
   * Runs while the JVM shuts down; the other threads go on meanwhile, and are stopped where they
   * are when it returns. So it waits until the disks are closed.
   */
  private void onSignal(FuseSession session, DiskFileSystem files) {
    if (closed.getCount() == 0) {
      return;
    }
    log.info("told to end; unmounting {}", target.path());
    try {
      unmount();
    } catch (IOException e) {
      log.error("{}: unmounting failed: {}", target.path(), e.getMessage());
    }
    try {
      if (!session.awaitEnd(GRACE_MILLIS)) {
        log.warn("{} is still in use; ending all the same", target.path());
        files.flushAll();
        Logging.flush();
      } else if (!closed.await(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        log.warn("{}: the disks cannot be closed; ending all the same", target.path());
        Logging.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void unmount() throws IOException {
    try {
      Unmount.run(target.path(), false);
    } catch (MountBusyException e) {
      log.warn("{} is in use{}; detached", target.path(), Holders.describe(target.path()));
      Unmount.run(target.path(), true);
    }
  }

  private String fuseOptions() {
    StringBuilder words = new StringBuilder("subtype=vdiskfs,fsname=");
    words.append(source.gate().source().toString().replace("\\", "\\\\").replace(",", "\\,"));
    words.append(",default_permissions,use_ino,nosuid,nodev");
    if (options.readOnly()) {
      words.append(",ro");
    }
    Boolean others = options.allowOther();
    if (others == null ? Posix.isRoot() : others) {
      words.append(",allow_other");
    }
    return words.toString();
  }
}
