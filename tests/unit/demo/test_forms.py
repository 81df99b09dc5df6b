"""A form is filled in whatever its fields are called."""

from deploy.demo.forms import first_form

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post" action="send?step=1">
  <input type="hidden" name="token" value="t0&amp;k">
  <select name="language"><option value="nl" selected>Nederlands</option><option value="en">English</option></select>
  <input type="radio" name="about" value="other"><input type="radio" name="about" value="unfair_treatment">
  <input type="checkbox" name="danger" value="yes">
  <input type="text" name="website"> <textarea name="message"></textarea>
  <button name="do" value="send">Send</button> <input type="submit" name="also" value="x">
</form>
"""


def test_the_form_that_takes_a_text_is_found_and_goes_where_it_says() -> None:
    form = first_form(PAGE, "http://localhost:8080/intake/chat")
    assert form is not None
    assert (form.method, form.action) == ("post", "http://localhost:8080/intake/send?step=1")


def test_hidden_values_stay_wishes_are_chosen_and_traps_stay_empty() -> None:
    form = first_form(PAGE, "http://localhost:8080/intake/chat")
    assert form is not None
    assert form.filled("Hello", ("en", "unfair_treatment")) == {
        "token": "t0&k",
        "language": "en",
        "about": "unfair_treatment",
        "website": "",
        "message": "Hello",
    }


def test_without_wishes_what_was_chosen_is_sent() -> None:
    form = first_form(PAGE, "http://localhost:8080/intake/chat")
    assert form is not None
    assert form.filled("Hello") == {"token": "t0&k", "language": "nl", "website": "", "message": "Hello"}


def test_a_page_without_a_text_area_has_no_such_form() -> None:
    assert first_form('<form><input name="q"></form>', "http://localhost:8080/") is None
