// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.StalePages;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the kernel to drop what it cached of a file. The kernel then waits for pages that are being
 * read, or written in part, and these wait for a request thread and perhaps for another such
 * change: no request thread may wait here without an end, and no change may wait for pages longer
 * than a moment.
 */
final class Invalidation {
  private static final Logger log = LoggerFactory.getLogger(Invalidation.class);

  /** How long a change waits for pages that may themselves wait for its answer. */
  private static final long PATIENCE_MILLIS = 500;

  /** Each waits for pages in use, of {@link NodeDrops} few for one file. */
  private static final int MAX_THREADS = 32;

  private static final long IDLE_SECONDS = 10;

  private final int fd;
  private final NodeDrops elsewhere;
  private final ThreadLocal<Message> message = ThreadLocal.withInitial(Message::new);

  /** What is sent to the kernel. */
  private static final class Message {
    final NativeBuffer bytes = new NativeBuffer(Wire.INVAL_BYTES);
    final NativeBuffer vector = new NativeBuffer(2 * Long.BYTES);

    Message() {
      vector.bytes().putLong(0, bytes.address()).putLong(8, Wire.INVAL_BYTES);
    }
  }

  Invalidation(int fd) {
    this.fd = fd;
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Invalidation::thread);
    pool.allowCoreThreadTimeOut(true);
    elsewhere = new NodeDrops(pool, this::drop);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "invalidation");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Drops pages and then runs {@code answer}, on other threads; where pages are in use, the answer
   * comes first and they are dropped behind it.
   */
  void dropThen(List<StalePages> stale, Runnable answer) {
    answerBehind(allOf(stale), stale, answer);
  }

  /**
   * As {@link #dropThen}, when what {@link #dropSoon} was told of these files is dropped; nothing
   * more is.
   */
  void settleThen(List<StalePages> files, Runnable answer) {
    CompletableFuture<?>[] settled =
        files.stream()
            .map(file -> elsewhere.settled(file.node()))
            .toArray(CompletableFuture<?>[]::new);
    answerBehind(CompletableFuture.allOf(settled), files, answer);
  }

  // The future would only tell what is logged already.
  @SuppressWarnings("FutureReturnValueIgnored")
  private static void answerBehind(
      CompletableFuture<Void> dropped, List<StalePages> stale, Runnable answer) {
    if (dropped.isDone()) {
      answer.run();
      return;
    }
    dropped
        .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .whenComplete(
            (nothing, failure) -> {
              answer.run();
              note(failure, stale);
            });
  }

  /** Drops pages on another thread, soon. */
  // The future would only tell what is logged already.
  @SuppressWarnings("FutureReturnValueIgnored")
  void dropSoon(List<StalePages> stale) {
    stale.forEach(elsewhere::add);
  }

  private CompletableFuture<Void> allOf(List<StalePages> stale) {
    return CompletableFuture.allOf(
        stale.stream().map(elsewhere::add).toArray(CompletableFuture<?>[]::new));
  }

  /** As {@link #dropThen}, for what is answered when this returns. */
  void dropElsewhere(List<StalePages> stale) {
    try {
      allOf(stale).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      note(e, stale);
    } catch (ExecutionException e) {
      note(e.getCause(), stale);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void note(@Nullable Throwable failure, List<StalePages> stale) {
    if (failure instanceof TimeoutException) {
      log.debug("pages are in use: {}", stale);
    } else if (failure != null) {
      log.warn("the kernel keeps stale pages", failure);
    }
  }

  /** Drops pages, and waits for those that are in use. */
  private void drop(StalePages stale) {
    Message m = message.get();
    m.bytes
        .bytes()
        .putInt(Wire.OUT_LENGTH, Wire.INVAL_BYTES)
        .putInt(Wire.OUT_ERROR, Wire.NOTIFY_INVAL_INODE)
        .putLong(Wire.OUT_UNIQUE, 0)
        .putLong(Wire.INVAL_NODE, stale.node())
        .putLong(Wire.INVAL_OFFSET, stale.offset())
        .putLong(Wire.INVAL_LENGTH, stale.length());
    long n = Posix.writeMessage(fd, m.vector.address(), 1);
    if (n < 0 && n != -ErrnoException.ENOENT && n != -ErrnoException.ENODEV) {
      log.warn("the kernel keeps stale pages: {}", Posix.describe((int) -n));
    }
  }
}
