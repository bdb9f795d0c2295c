// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.mount.DiskFileSystem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve a mount. A host may never answer about one file (a server of NFS or FUSE
 * that is gone) and keeps the thread that asked. So that this is no trouble but for that file:
 *
 * <ul>
 *   <li>Where threads are stuck others take their places, up to a limit, until they are back.
 *   <li>Further requests for the same node wait in a {@link WaitingLine} instead of a thread.
 *   <li>Whoever looks at names gets an error after {@link #PATIENCE_NANOS}, so that a listing ends;
 *       whoever reads or writes waits for the host as on any file, but can be killed. Only where
 *       {@link #CROWD} reads wait they get an error as well: the kernel has no more room for the
 *       read-ahead of others.
 * </ul>
 */
final class RequestThreads {
  private static final Logger log = LoggerFactory.getLogger(RequestThreads.class);

  /** Stack of a request thread; upcalls through libfuse are shallow. */
  private static final long STACK_BYTES = 512 << 10;

  /** Threads beside those that were asked for, at 1.25 MiB each. */
  private static final int MAX_FURTHER = 48;

  /** Half of what the kernel sends in the background. */
  private static final int CROWD = InitReply.MAX_BACKGROUND / 2;

  private static final long LOOK_MILLIS = 100;

  /** A request that takes longer waits for the host. */
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long a name is looked for: a slow server that starts anew takes some seconds. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** How long a wish to be interrupted is kept for a request that no thread has yet. */
  private static final long INTERRUPT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FuseSession session;
  private final DiskFileSystem files;
  private final Invalidation pages;
  private final int fd;
  private final int wanted;
  private final WaitingLine line = new WaitingLine();
  private final List<RequestLoop> loops = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Requests whose callers got a signal, and when. */
  private final Map<Long, Long> interrupted = new ConcurrentHashMap<>();

  private final CountDownLatch ended = new CountDownLatch(1);
  private int made;
  private int most;
  private volatile boolean further;

  /** What was answered by {@link #answerFor} and is under way still. */
  private final Set<Long> answered = new HashSet<>(); // of the watching thread

  /**
   * @param wanted how many threads shall be free to serve
   */
  RequestThreads(
      FuseSession session, DiskFileSystem files, Invalidation pages, int fd, int wanted) {
    this.session = session;
    this.files = files;
    this.pages = pages;
    this.fd = fd;
    this.wanted = wanted;
    this.most = wanted + MAX_FURTHER;
  }

  void start() {
    for (int i = 0; i < wanted; i++) {
      add();
    }
    Thread watch = new Thread(this::watch, "fuse-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private synchronized void add() {
    RequestLoop loop = new RequestLoop(session, files, pages, this, fd);
    Thread thread = new Thread(null, () -> run(loop), "fuse-" + made++, STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    loops.add(loop);
    threads.add(thread);
  }

  /** Serves until there are enough others or the mount has ended, however this thread ends. */
  private void run(RequestLoop loop) {
    boolean leaving = false;
    try {
      while (!leaving && loop.serveOne()) {
        Thread.interrupted();
        leaving = further && leaves(loop);
      }
    } finally {
      if (leaving) {
        loop.close();
      } else {
        ended.countDown();
      }
    }
  }

  /** There are enough without this one. */
  private synchronized boolean leaves(RequestLoop loop) {
    long before = System.nanoTime() - STUCK_NANOS;
    long stuck = underWay().filter(r -> r.isOlderThan(before)).count();
    boolean leaving = loops.size() - stuck > wanted && loops.remove(loop);
    if (leaving) {
      threads.remove(Thread.currentThread());
      further = loops.size() > wanted;
    }
    return leaving;
  }

  private Stream<UnderWay> underWay() {
    return loops.stream().flatMap(loop -> loop.underWay().stream());
  }

  private void watch() {
    try {
      while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        lookGuarded();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A look that fails is not the last one. */
  private void lookGuarded() {
    try {
      look(System.nanoTime());
    } catch (RuntimeException | Error e) {
      log.error("unexpected failure", e);
    }
  }

  private void look(long now) {
    List<UnderWay> all = underWay().toList();
    List<UnderWay> stuck = all.stream().filter(r -> r.isOlderThan(now - STUCK_NANOS)).toList();
    // First, so that what follows an answer waits in line: a RELEASE closes what is still used.
    addUpTo(stuck.size() + wanted);
    IntPredicate givesUp = isCrowded(stuck) ? RequestThreads::mayFail : Wire::isAboutNames;
    stuck.forEach(request -> answerFor(request, now, givesUp));
    for (long unique : line.removeBefore(now - PATIENCE_NANOS, givesUp)) {
      ErrorReply.send(fd, unique, Errno.EIO);
    }
    letKilledGo();
    Set<Long> uniques = all.stream().map(UnderWay::unique).collect(Collectors.toSet());
    answered.retainAll(uniques);
    interrupted
        .entrySet()
        .removeIf(
            e ->
                e.getValue() - now < -INTERRUPT_NANOS
                    && !uniques.contains(e.getKey())
                    && !line.contains(e.getKey()));
  }

  private boolean isCrowded(List<UnderWay> stuck) {
    long reads =
        stuck.stream()
            .filter(r -> r.opcode() == Wire.READ && !answered.contains(r.unique()))
            .count();
    return reads + line.reads() >= CROWD;
  }

  private static boolean mayFail(int opcode) {
    return opcode == Wire.READ || Wire.isAboutNames(opcode);
  }

  /** Answers a request for the thread that is stuck; the kernel takes only the first answer. */
  private void answerFor(UnderWay request, long now, IntPredicate givesUp) {
    int errno = 0;
    if (interrupted.containsKey(request.unique()) && Caller.isKilled(request.caller())) {
      errno = Errno.EINTR;
    } else if (request.isOlderThan(now - PATIENCE_NANOS) && givesUp.test(request.opcode())) {
      errno = Errno.EIO;
    }
    if (errno != 0 && answered.add(request.unique())) {
      ErrorReply.send(fd, request.unique(), errno);
    }
  }

  private void letKilledGo() {
    if (!interrupted.isEmpty()) {
      for (long unique : line.removeKilled(interrupted.keySet())) {
        ErrorReply.send(fd, unique, Errno.EINTR);
      }
    }
  }

  private void addUpTo(int count) {
    try {
      while (loops.size() < Math.min(count, most)) {
        further = true;
        add();
      }
    } catch (OutOfMemoryError e) {
      most = loops.size();
      log.error("no memory for more than {} threads", most, e);
    }
  }

  /**
   * Has a request wait where another of its node is stuck.
   *
   * @return false where it is to be served at once
   */
  boolean waits(long node, ByteBuffer request, int length) {
    try {
      return further && hasStuck(node) && line.add(node, request, length, () -> hasStuck(node));
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  private boolean hasStuck(long node) {
    long before = System.nanoTime() - STUCK_NANOS;
    return underWay().anyMatch(r -> r.isAboutFile(node) && r.isOlderThan(before));
  }

  /** The requests behind one that has ended. */
  WaitingLine line() {
    return line;
  }

  /**
   * Whoever waits for a request got a signal; where that kills him he is let go. To be told so
   * wants no answer.
   */
  void interrupt(long unique) {
    interrupted.put(unique, System.nanoTime());
  }

  /**
   * Waits until the mount has ended and the last request was answered, but not for those that the
   * host keeps.
   *
   * @param millis the longest wait for the end, 0 for ever
   * @param stuckMillis the longest wait behind it for requests under way
   * @return true where it has ended
   */
  boolean awaitEnd(long millis, long stuckMillis) throws InterruptedException {
    if (millis == 0) {
      ended.await();
    } else if (!ended.await(millis, TimeUnit.MILLISECONDS)) {
      return false;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stuckMillis);
    for (Thread thread : copyOfThreads()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, left));
      if (thread.isAlive()) {
        log.warn("{} still waits for the host", thread.getName());
      }
    }
    return true;
  }

  private synchronized List<Thread> copyOfThreads() {
    return List.copyOf(threads);
  }
}
