// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.io.InterruptedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes along a list of things, and leaves out those about which the host does not answer: such as a
 * folder that is the mount point of a server that is gone. The thread that waits for such a thing
 * is left behind, and until it is back the thing is left out.
 *
 * @param <K> a path, or another thing on the host
 */
final class PatientLook<K> {
  private static final Logger log = LoggerFactory.getLogger(PatientLook.class);

  /** How long the host may take for the first; a server that starts anew takes seconds. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** How long it may take for others, when one was left out. */
  private static final long LITTLE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Threads that are left behind; when there are more, a look ends at the next one. */
  private static final int MAX_LEFT_BEHIND = 32;

  /** When there are as many, nothing is looked at any more until some are back. */
  private static final int MOST_LEFT_BEHIND = 256;

  private final String consequence;
  private final Set<K> unanswered = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool(PatientLook::thread);

  /**
   * @param consequence what is logged of things that are left out
   */
  PatientLook(String consequence) {
    this.consequence = consequence;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "look");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Has {@code take} hear what {@code look} makes of each thing.
   *
   * @param look runs on another thread, for one thing at a time; what it throws is thrown here
   */
  <R> void forEach(List<K> things, Function<K, R> look, Consumer<R> take)
      throws InterruptedIOException {
    if (unanswered.size() >= MOST_LEFT_BEHIND) {
      log.warn("the host does not answer about {} things; {}", MOST_LEFT_BEHIND, consequence);
      return;
    }
    Round<R> round = new Round<>(things.iterator(), look, take);
    round.goOn();
    long patience = PATIENCE_NANOS;
    for (K left = round.await(patience); left != null; left = round.await(patience)) {
      log.warn("{}: the host does not answer; {}", left, consequence);
      if (unanswered.size() > MAX_LEFT_BEHIND) {
        log.warn("{}: and neither what comes behind it: {}", left, consequence);
        return;
      }
      round.goOn();
      patience = LITTLE_PATIENCE_NANOS;
    }
  }

  /** One list, which threads go along in turns; its lock is not held while one looks. */
  private final class Round<R> {
    private final Iterator<K> rest;
    private final Function<K, R> look;
    private final Consumer<R> take;
    private int turn;
    private boolean over;
    private @Nullable RuntimeException failure;

    /** The thing that is looked at, and since when. */
    private @Nullable K current;

    private long since;

    Round(Iterator<K> things, Function<K, R> look, Consumer<R> take) {
      this.rest = things;
      this.look = look;
      this.take = take;
    }

    /** Has another thread go on with the next one. */
    synchronized void goOn() {
      int mine = ++turn;
      threads.execute(() -> run(mine));
    }

    private void run(int mine) {
      for (K thing = begin(mine); thing != null; thing = begin(mine)) {
        try {
          R result = look.apply(thing);
          end(mine, thing, result);
        } catch (RuntimeException e) {
          fail(mine, thing, e);
        } catch (Error e) {
          log.error("{}: unexpected failure; {}", thing, consequence, e);
          leaveOut(mine, thing);
        }
      }
    }

    /** The next thing, or null where there is none for this thread. */
    private synchronized @Nullable K begin(int mine) {
      if (mine != turn) {
        return null;
      }
      current = null;
      while (rest.hasNext() && current == null && failure == null) {
        K next = rest.next();
        current = unanswered.contains(next) ? null : next;
      }
      since = System.nanoTime();
      over = current == null;
      if (over) {
        notifyAll();
      }
      return current;
    }

    private synchronized void end(int mine, K thing, R result) {
      if (mine == turn) {
        take.accept(result);
      } else {
        unanswered.remove(thing);
      }
    }

    private synchronized void fail(int mine, K thing, RuntimeException e) {
      if (mine == turn) {
        failure = e;
      } else {
        unanswered.remove(thing);
      }
    }

    /** The host did answer: the next look has the thing again. */
    private synchronized void leaveOut(int mine, K thing) {
      if (mine != turn) {
        unanswered.remove(thing);
      }
    }

    /** Leaves the thread behind that waits for a thing. */
    private K giveUp(K thing) {
      unanswered.add(thing);
      current = null;
      turn++;
      return thing;
    }

    /** Null at the end; a thing that takes longer than {@code patience} and is given up. */
    synchronized @Nullable K await(long patience) throws InterruptedIOException {
      while (!over) {
        K thing = current;
        long left = thing == null ? patience : since + patience - System.nanoTime();
        if (thing != null && left <= 0) {
          return giveUp(thing);
        }
        try {
          wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          turn++;
          throw new InterruptedIOException("interrupted while the host was asked");
        }
      }
      if (failure != null) {
        throw failure;
      }
      return null;
    }
  }
}
