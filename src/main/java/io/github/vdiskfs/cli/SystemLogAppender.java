// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.github.vdiskfs.posix.Posix;

/** The log of the system, by syslog(3). */
final class SystemLogAppender extends AppenderBase<ILoggingEvent> {
  private static final int ERROR = 3;
  private static final int WARNING = 4;
  private static final int INFO = 6;
  private static final int DEBUG = 7;

  @Override
  protected void append(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    String cause = thrown == null ? "" : ": " + thrown.getClassName() + ": " + thrown.getMessage();
    String line = "vdiskfs: " + event.getFormattedMessage() + cause;
    Posix.syslog(priority(event.getLevel()), Words.printable(line));
  }

  private static int priority(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return ERROR;
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return WARNING;
    }
    return level.isGreaterOrEqual(Level.INFO) ? INFO : DEBUG;
  }
}
