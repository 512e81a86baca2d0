package io.holdfast.report;

import static io.holdfast.report.Html.at;
import static io.holdfast.report.Html.el;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a text cannot become. */
class HtmlTest {

  @Test
  void textsAndAttributesAreEscapedWhereTheyAreWritten() {
    String text = Html.text(el("p", at("class", "\" onclick='x"), "</p><b>&amp;"));

    assertThat(text)
        .isEqualTo("<p class=\"&quot; onclick=&#39;x\">&lt;/p&gt;&lt;b&gt;&amp;amp;</p>");
  }

  @Test
  void controlCharactersBecomeTheReplacementCharacter() {
    assertThat(Html.text(el("p", "a\u0000b\u001bc\n"))).isEqualTo("<p>a\uFFFDb\uFFFDc\n</p>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"onload", "style", "src", "srcset", "formaction", "x y", "a=\"b"})
  void anAttributeThatCouldRunOrLoadSomethingIsRefused(String name) {
    assertThatThrownBy(() -> at(name, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void aLinkLeadsInsideThePageAlone() {
    assertThatThrownBy(() -> at("href", "javascript:alert(1)"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(at("href", "#churn").value()).isEqualTo("#churn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "iframe", "link", "base", "foreignObject", "b><i"})
  void anElementThatCouldRunOrLoadSomethingIsRefused(String name) {
    assertThatThrownBy(() -> el(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aStyleSheetCannotEndItself() {
    assertThatThrownBy(() -> new Html.Style("</style><script>"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
