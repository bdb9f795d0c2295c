// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.posix.Posix;
import io.github.vdiskfs.posix.Terminal;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a picture is drawn on.
 *
 * @param columns characters in a line
 * @param colours colour sequences are understood
 * @param unicode characters other than ASCII are understood
 */
record MapScreen(int columns, boolean colours, boolean unicode) {
  private static final int STDOUT = 1;
  private static final int DEFAULT_COLUMNS = 80;

  /** Narrower than this there is no picture, wider there is no screen. */
  private static final int MIN_COLUMNS = 20;

  private static final int MAX_COLUMNS = 2000;

  private static final Pattern UTF8 = Pattern.compile("(?i).*utf-?8.*");

  /** Standard output. */
  static MapScreen ofStdout() {
    boolean terminal = Posix.isTerminal(STDOUT);
    return of(System.getenv(), terminal, terminal ? Terminal.columns(STDOUT) : 0);
  }

  /**
   * What the environment says: {@code COLUMNS}, {@code NO_COLOR}, {@code TERM} and the locale. The
   * launcher gives the program a locale of its own and the user's in {@code VDISKFS_LOCALE}.
   *
   * @param terminalColumns 0 where it is not known
   */
  static MapScreen of(Map<String, String> environment, boolean terminal, int terminalColumns) {
    boolean colours =
        terminal
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    int wanted = number(environment.getOrDefault("COLUMNS", ""));
    int known = terminalColumns > 0 ? terminalColumns : DEFAULT_COLUMNS;
    int columns = wanted > 0 ? wanted : known;
    return new MapScreen(
        Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, columns)), colours, isUnicode(environment));
  }

  private static int number(String word) {
    return word.matches("[0-9]{1,6}") ? Integer.parseInt(word) : 0;
  }

  private static boolean isUnicode(Map<String, String> environment) {
    String locale = environment.get("VDISKFS_LOCALE");
    if (locale == null) {
      locale =
          Stream.of("LC_ALL", "LC_CTYPE", "LANG")
              .map(name -> environment.getOrDefault(name, ""))
              .filter(word -> !word.isEmpty())
              .findFirst()
              .orElse("");
    }
    return UTF8.matcher(locale).matches();
  }
}
