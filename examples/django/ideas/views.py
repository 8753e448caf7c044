"""What visitors see and do."""

from django.contrib import messages
from django.db.models import F
from django.forms import ModelForm
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ideas.models import Idea

VOTED = "voted"
"""The key in a visitor's session of the ideas that the visitor has voted for."""


class IdeaForm(ModelForm):
    class Meta:
        model = Idea
        fields = ("title", "text")


@require_safe
def index(request):
    status = request.GET.get("status", "")
    ideas = Idea.objects.filter(status=status) if status in Idea.Status else Idea.objects.all()
    voted = request.session.get(VOTED, [])
    context = {"ideas": ideas, "status": status, "choices": Idea.Status, "voted": voted}
    return render(request, "ideas/index.html", context)


def suggest(request):
    form = IdeaForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        idea = form.save()
        messages.success(request, f"Thank you for “{idea}”.")
        return redirect("index")
    status = 422 if form.is_bound else 200
    return render(request, "ideas/suggest.html", {"form": form}, status=status)


@require_POST
def vote(request, number):
    idea = get_object_or_404(Idea, pk=number)
    voted = request.session.get(VOTED, [])
    if idea.pk not in voted:
        # The database counts, for several may vote at once.
        Idea.objects.filter(pk=idea.pk).update(votes=F("votes") + 1)
        request.session[VOTED] = [*voted, idea.pk]
    return redirect("index")
