// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes. Commands warn on stderr; servers log to the system's log, a file or stderr
 * through a queue that never makes a request wait: where the log is full or stuck, lines are lost.
 *
 * <p>Logback finds this class as its configurator, so that no XML is read at start.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  /** Names come from images and folders: a line break in one shall not look like a second line. */
  private static final String MESSAGE = "%replace(%msg){'" + Words.UNPRINTABLE + "', '?'}%n";

  private static final String SERVER_LINE = "%d{ISO8601} %-5level %logger{0}: " + MESSAGE;
  private static final String COMMAND_LINE = "vdiskfs: " + MESSAGE;

  /** Set where warnings are made by the hundred and looked at elsewhere. */
  private static final String SILENT_PROPERTY = "vdiskfs.silent";

  /** The cache logs each unit that cannot be decoded, with a stack; whoever reads it is told. */
  private static final String CACHE_LOGGER = "com.github.benmanes.caffeine";

  private static final int QUEUE = 1024;
  private static final int FLUSH_MILLIS = 1000;

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (Boolean.getBoolean(SILENT_PROPERTY)) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    } else {
      use(context, console(context, COMMAND_LINE), Level.WARN);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** For servers in the foreground. */
  static void toStderr(boolean debug) {
    LoggerContext context = context();
    useQueued(context, console(context, SERVER_LINE), debug);
  }

  /** For servers in the background. */
  static void toSystemLog(boolean debug) {
    LoggerContext context = context();
    useQueued(context, new SystemLogAppender(), debug);
  }

  /** Appends to a file. */
  static void toFile(Path file, boolean debug) throws IOException {
    LoggerContext context = context();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    encode(context, appender, SERVER_LINE);
    useQueued(context, appender, debug);
    if (!appender.isStarted()) {
      throw new FileSystemException(file.toString(), null, "the log cannot be written");
    }
  }

  /** For commands that print themselves what would be warned of. */
  static void errorsOnly() {
    context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
  }

  /** Writes what is queued, as far as that goes within a second. */
  static void flush() {
    context().stop();
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static Appender<ILoggingEvent> console(LoggerContext context, String pattern) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    encode(context, appender, pattern);
    return appender;
  }

  private static void encode(
      LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    appender.setEncoder(encoder);
  }

  private static void useQueued(
      LoggerContext context, Appender<ILoggingEvent> appender, boolean debug) {
    appender.setContext(context);
    appender.start();
    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setQueueSize(QUEUE);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(appender);
    use(context, queue, debug ? Level.DEBUG : Level.INFO);
  }

  private static void use(LoggerContext context, Appender<ILoggingEvent> appender, Level level) {
    appender.setContext(context);
    appender.start();
    context.getLogger(CACHE_LOGGER).setLevel(Level.OFF);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(level);
    root.addAppender(appender);
  }
}
