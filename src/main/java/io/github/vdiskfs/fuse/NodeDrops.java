// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.StalePages;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drops of pages that are under way, few of them for each file at a time. Pages of a file that the
 * host does not answer about are in use for as long: further ranges of that file are joined and
 * wait, so that neither threads nor memory run out for the others.
 */
final class NodeDrops {
  /** Drops of one file side by side. */
  private static final int MAX_PER_NODE = 2;

  /** The drops of one file. */
  private static final class Line {
    int running;
    @Nullable StalePages waiting;
    CompletableFuture<Void> whenDropped = new CompletableFuture<>();
  }

  private final Executor threads;
  private final Consumer<StalePages> drop;
  private final Map<Long, Line> byNode = new HashMap<>();

  /**
   * @param drop returns when the pages are dropped
   */
  NodeDrops(Executor threads, Consumer<StalePages> drop) {
    this.threads = threads;
    this.drop = drop;
  }

  /** Drops pages on another thread; the result is there when they are dropped. */
  synchronized CompletableFuture<Void> add(StalePages stale) {
    Line line = byNode.computeIfAbsent(stale.node(), node -> new Line());
    if (line.running == MAX_PER_NODE) {
      line.waiting = line.waiting == null ? stale : line.waiting.join(stale);
      return line.whenDropped;
    }
    line.running++;
    CompletableFuture<Void> dropped = new CompletableFuture<>();
    threads.execute(() -> run(line, stale, dropped));
    return dropped;
  }

  private void run(Line line, StalePages first, CompletableFuture<Void> firstDropped) {
    drop(first, firstDropped);
    for (Next next = next(line, first.node()); next != null; next = next(line, first.node())) {
      drop(next.stale, next.dropped);
    }
  }

  private void drop(StalePages stale, CompletableFuture<Void> dropped) {
    try {
      drop.accept(stale);
      dropped.complete(null);
    } catch (RuntimeException | Error e) {
      dropped.completeExceptionally(e);
    }
  }

  private record Next(StalePages stale, CompletableFuture<Void> dropped) {}

  private synchronized @Nullable Next next(Line line, long node) {
    StalePages waiting = line.waiting;
    if (waiting == null) {
      line.running--;
      if (line.running == 0) {
        byNode.remove(node);
      }
      return null;
    }
    Next next = new Next(waiting, line.whenDropped);
    line.waiting = null;
    line.whenDropped = new CompletableFuture<>();
    return next;
  }
}
